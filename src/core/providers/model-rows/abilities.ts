/* What most models can do; the rows name what they cannot. */

export const everything = { tools: true, structuredOutput: true, temperature: true };
/** The newer models think by themselves and refuse sampling parameters. */
export const noTemperature = { ...everything, temperature: false };

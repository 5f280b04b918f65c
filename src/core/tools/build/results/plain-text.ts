/** The text as a person reads it: without colours, cursor movements and other control characters, lines ended by "\n". */
export function plainText(text: string): string {
  return text
    .replace(
      /\u001B\[[0-?]*[ -/]*[@-~]|\u001B\][^\u0007\u001B]{0,2000}(?:\u0007|\u001B\\)?|\u001B[@-Z\\-_]/g,
      '',
    )
    .replace(/\r\n?/g, '\n')
    .replace(
      /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/g,
      '',
    );
}

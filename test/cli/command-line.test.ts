import { describe, expect, it } from 'vitest';
import { COMMAND_NAMES, parseCommandLine } from '../../src/cli/command-line';
import { helpText } from '../../src/cli/help';

const parse = (line: string) => parseCommandLine(line.split(' ').filter((word) => word !== ''));
const command = (line: string) => {
  const parsed = parse(line);
  if (parsed.type !== 'command') throw new Error(`${line}: ${JSON.stringify(parsed)}`);
  return parsed;
};

describe('the command line', () => {
  it('reads run with everything it takes', () => {
    expect(command('run flow.yaml --rehearse --input a=1 --input b=x=y --approvals none --json')).toEqual({
      type: 'command',
      command: {
        name: 'run',
        file: 'flow.yaml',
        rehearse: true,
        inputs: { a: '1', b: 'x=y' },
        approvals: 'none',
      },
      options: { json: true },
    });
  });

  it('takes execute for run, and an input with an empty value', () => {
    expect(command('execute flow.yaml --input a=').command).toMatchObject({ name: 'run', inputs: { a: '' } });
  });

  it('takes workspace and state before and after the command', () => {
    const options = { json: false, workspace: 'w', state: 's' };
    expect(command('--workspace w --state s list').options).toEqual(options);
    expect(command('--workspace=w list --state=s').options).toEqual(options);
  });

  it('reads a position of a run', () => {
    expect(command('resume abc@17').command).toEqual({ name: 'resume', run: 'abc', seq: 17 });
    expect(command('resume last').command).toEqual({ name: 'resume', run: 'last' });
    expect(parse('resume abc@x')).toMatchObject({ type: 'usage' });
  });

  it('reads commands that take nothing', () => {
    for (const name of ['approvals', 'agents', 'doctor']) expect(command(name).command).toEqual({ name });
    expect(parse('doctor now')).toMatchObject({ message: '"now" is one argument too many.' });
    expect(parse('docter')).toMatchObject({ hint: 'Did you mean doctor? See: baton --help' });
  });

  it('reads whether providers are asked', () => {
    expect(command('providers').command).toEqual({ name: 'providers', test: false });
    expect(command('providers --test --json')).toMatchObject({
      command: { name: 'providers', test: true },
      options: { json: true },
    });
    expect(parse('provider')).toMatchObject({ hint: 'Did you mean providers? See: baton --help' });
  });

  it('reads a decision', () => {
    const line = parseCommandLine([
      'approve',
      'r',
      's',
      '--action',
      'skip',
      '--with',
      'f',
      '--comment',
      'two words',
    ]);
    expect(line).toMatchObject({
      command: { name: 'approve', run: 'r', step: 's', action: 'skip', with: 'f', comment: 'two words' },
    });
  });

  it.each([
    ['approve r s', '--action is missing'],
    ['approve r s --action keep', '--action takes approve, modify, retry, skip, cancel, not "keep"'],
    ['approve r s --action modify', '--with FILE'],
    ['approve r s --action modify --with f --value 2', '--with or --value, not both'],
    ['approve r s --action approve --value 2', '--value goes with modify and skip'],
    ['approve r s --action retry --with f', '--with goes with modify and skip'],
    ['approve r', 'STEP is missing'],
    ['run', 'FILE is missing'],
    ['run a b', '"b" is one argument too many'],
    ['run a --approvals maybe', 'ask, auto or none'],
    ['run a --input novalue', 'name=value'],
    ['run a --input', '--input'],
    ['--json', 'no command'],
  ])('says what is wrong with "%s"', (line, message) => {
    const parsed = parse(line);
    expect(parsed).toMatchObject({ type: 'usage', hint: expect.stringContaining('--help') as string });
    expect(parsed.type === 'usage' && parsed.message).toContain(message);
  });

  it('suggests what was meant', () => {
    expect(parse('run flow.yaml --rehearsal')).toEqual({
      type: 'usage',
      message: 'baton run has no option --rehearsal.',
      hint: 'Did you mean --rehearse? See: baton run --help',
    });
    expect(parse('aprove x')).toMatchObject({ hint: 'Did you mean approve? See: baton --help' });
  });

  it('has help for every command, and over all of them', () => {
    expect(parse('--help')).toEqual({ type: 'help' });
    expect(parse('')).toEqual({ type: 'help' });
    expect(parse('--version')).toEqual({ type: 'version' });
    for (const name of COMMAND_NAMES) {
      expect(parse(`${name} --help`)).toEqual({ type: 'help', command: name });
      expect(parse(`help ${name}`)).toEqual({ type: 'help', command: name });
      expect(helpText(name)).toMatch(new RegExp(`^baton ${name}`));
      expect(helpText()).toContain(name);
      for (const option of ['--workspace', '--state', '--json']) expect(helpText(name)).toContain(option);
    }
  });
});

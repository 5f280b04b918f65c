import type { CommandName } from './command-line';

const COMMON = `
  --workspace DIR   the folder the workflows belong to (default: this one)
  --state DIR       where runs are kept (default: the home noted for the folder)
  --json            for programs: run and resume print one event a line, the rest one document`;

const EXIT_CODES = `
Exit codes: 0 completed, 1 failed or refused, 2 invalid file or usage,
            3 waiting for a person, paused or parked, 130 cancelled`;

const RUN = `
RUN is a run's id, the beginning of one, or "last".`;

const TOPICS: Readonly<Record<CommandName, string>> = {
  run: `baton run FILE [options]        (also: baton execute)

Runs a workflow and shows it until it ends or waits for somebody.
Running a file from here means that you trust its commands, for this run.

  --rehearse        the whole graph without a model, a command or a write
  --input k=v       the value of an input; may be given again
  --approvals MODE  ask: ask here at each gate (default on a terminal)
                    auto: approve gates unseen; what is uncertain is never approved
                    none: leave gates open, exit 3 when nothing else can run (default without a terminal)
${COMMON}

Where a window or another terminal owns the runs of the folder, it runs there and is shown here.
Ctrl-C cancels the run. After kill, SIGTERM or a closed terminal: baton resume last
${EXIT_CODES}`,
  validate: `baton validate FILE

Reports every fault of a workflow file at once, as file:line:column code message.
${COMMON}
${EXIT_CODES}`,
  plan: `baton plan FILE

Shows what would run: levels, steps, who does them, gates. Runs nothing.
${COMMON}
${EXIT_CODES}`,
  list: `baton list [--runs]

Lists the workflows of the folder with their last run; with --runs, the runs.
${COMMON}`,
  approvals: `baton approvals

Lists what waits for a person over all runs: run, step, since, expiry, hash of what is shown.
${COMMON}`,
  providers: `baton providers [--test]

Shows who can be asked for a model: state, model, cost of today, and what to do where one cannot.

  --test            ask each whether it answers (spends no tokens); exit 1 when one does not

Keys come from the environment: ANTHROPIC_API_KEY, GEMINI_API_KEY or GOOGLE_API_KEY, OPENAI_API_KEY;
other addresses from ANTHROPIC_BASE_URL, GOOGLE_GEMINI_BASE_URL, OPENAI_BASE_URL.
Settings: ~/.config/baton/baton.config.json. The folder's own baton.config.json can only narrow them.
BATON_ENV chooses one of its "environments".
${COMMON}`,
  agents: `baton agents

Lists whom a step can name with "agent:", Baton's own and those of the folder
(.baton/agents/*.agent.md, .github/agents/*.agent.md, .claude/agents/*.md).
${COMMON}`,
  doctor: `baton doctor

Looks at everything a run needs: state, Node.js, git, models, agents, tools, the languages that code
questions are answered for, and MCP servers (they are started and asked what they offer).
Asks no model and spends nothing. Exit 1 when something that is set up does not work.
${COMMON}`,
  status: `baton status RUN

Shows a run: its steps, what waits, what was produced.
${RUN}
${COMMON}`,
  resume: `baton resume RUN|RUN@SEQ [--approvals ask|auto|none]

Goes on with a run that was interrupted, paused, parked or left waiting. Only continues, never decides.
On a run that ended it starts nothing, prints the state and exits with its code.
${RUN}
${COMMON}
${EXIT_CODES}`,
  pause: `baton pause RUN

Starts no further step of the run; what is running finishes.
${RUN}
${COMMON}`,
  cancel: `baton cancel RUN

Stops the run for good.
${RUN}
${COMMON}`,
  approve: `baton approve RUN STEP --action ACTION [--with FILE | --value VALUE] [--comment TEXT]

Decides what waits at a step. Only decides: where a window or another terminal has the run it goes on there,
else with baton resume.

  --action approve  keep the result (uncertain: it happened)
           modify   replace the result by what is in FILE (JSON or text)
           retry    do the step again; the comment goes along
           skip     go on without it; FILE may hold a substitute
           cancel   cancel the run
  --with FILE       the new result, or the substitute
  --value VALUE     the same, given here: JSON or text
  --comment TEXT    why; kept with the decision

At a question about a budget: approve raises it as shown, modify sets --value AMOUNT (2.50, 20k),
skip leaves out the optional steps, cancel stops the run.

At a question about what an agent wants to do: approve allows exactly what is shown, retry tells the agent
that it may not (the comment goes along), skip leaves the step out.
  --for-run         allow the like for the rest of the run, where that is offered
  --refuse 1,3      allow all but these numbers, as they are shown
${RUN}
${COMMON}`,
  undo: `baton undo RUN STEP [--file PATH]... [--anyway]

Takes back what the agents of a step changed in files, also after the run has ended. A file that somebody
changed since stays as it is, and is named.

  --file PATH       only this file, relative to the workspace; may be given several times
  --anyway          also files that were changed since
${RUN}
${COMMON}`,
  export: `baton export RUN DIR

Lays a run out in DIR: artifacts/RUN/<path as produced>, with its events.
${RUN}
${COMMON}`,
};

const OVERVIEW = `Baton runs multi-agent workflows: watch, approve, and lose nothing.

Usage: baton COMMAND [options]

  run FILE                run a workflow (--rehearse: without doing anything)
  validate FILE           report every fault of a workflow file
  plan FILE               levels and what would run
  list [--runs]           workflows with their last run, or the runs
  approvals               what waits for a person
  providers               who can be asked for a model, and why not (--test asks them)
  agents                  whom a step can name
  doctor                  what there is, what does not work, and what to do
  status RUN              one run
  resume RUN | RUN@SEQ    go on
  pause RUN               start nothing new
  cancel RUN              stop for good
  approve RUN STEP        decide: --action approve|modify|retry|skip|cancel
  undo RUN STEP           take back what agents changed in files
  export RUN DIR          lay a run out as files

  --version, --help       baton COMMAND --help says more
${COMMON}
${RUN}
${EXIT_CODES}`;

export function helpText(command?: CommandName): string {
  return command === undefined ? OVERVIEW : TOPICS[command];
}

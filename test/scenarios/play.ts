import type { Agents } from '../../src/core/agents/agent';
import type { Host } from '../../src/core/host';
import { resolveInputs } from '../../src/core/workflow/inputs';
import { scriptedModels, Wire } from '../core/engine/scripted-models';
import { simpleAgents, Simulation, type SimulationOptions } from '../core/engine/simulation';
import { gateScenarios } from './gate-scenarios';
import { graphScenarios } from './graph-scenarios';
import { moneyScenarios } from './money-scenarios';
import { parseScenario, type Scenario } from './scenario';
import { talkScenarios } from './talk-scenarios';
import { talkingAgents } from './talking-models';

export const scenarios: readonly Scenario[] = [
  ...graphScenarios,
  ...gateScenarios,
  ...moneyScenarios,
  ...talkScenarios,
];

/** What a simulation's providers were asked, and what was taken from records instead. */
export const wires = new WeakMap<Simulation, Wire>();

/** A simulation in which the commands and agents do what the scenario says. */
export function simulate(scenario: Scenario, machine: Partial<SimulationOptions> = {}): Simulation {
  const counts = new Map<string, number>();
  const wire = new Wire();
  const simulation: Simulation = new Simulation({
    ...machine,
    commands: (command) => {
      const time = (counts.get(command) ?? 0) + 1;
      counts.set(command, time);
      return scenario.commands?.(command, time) ?? {};
    },
    agents: agentsOf(scenario, () => simulation.machine.host, wire),
  });
  wires.set(simulation, wire);
  return simulation;
}

function agentsOf({ agents, models, talk }: Scenario, host: () => Host, wire: Wire): Agents {
  if (talk !== undefined) return talkingAgents(host, talk);
  if (models === undefined)
    return simpleAgents((action, step, attempt) => agents?.(action, step.key, attempt) ?? {});
  return scriptedModels(
    () => host().clock,
    (step, attempt) => models(step.key, attempt),
    wire,
  );
}

export async function begin(simulation: Simulation, scenario: Scenario): Promise<void> {
  const definition = parseScenario(scenario);
  const rehearsal = scenario.rehearsal ?? false;
  const { values } = resolveInputs(definition.inputs, scenario.inputs ?? {}, { allowMissing: rehearsal });
  await simulation.start(definition, {
    ...(scenario.mode && { mode: scenario.mode }),
    rehearsal,
    inputs: values,
  });
}

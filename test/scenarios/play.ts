import { resolveInputs } from '../../src/core/workflow/inputs';
import { scriptedModels, Wire } from '../core/engine/scripted-models';
import { simpleAgents, Simulation, type SimulationOptions } from '../core/engine/simulation';
import { gateScenarios } from './gate-scenarios';
import { graphScenarios } from './graph-scenarios';
import { moneyScenarios } from './money-scenarios';
import { parseScenario, type Scenario } from './scenario';

export const scenarios: readonly Scenario[] = [...graphScenarios, ...gateScenarios, ...moneyScenarios];

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
    agents:
      scenario.models === undefined
        ? simpleAgents((action, step, attempt) => scenario.agents?.(action, step.key, attempt) ?? {})
        : scriptedModels(
            () => simulation.machine.host.clock,
            (step, attempt) => scenario.models?.(step.key, attempt) ?? {},
            wire,
          ),
  });
  wires.set(simulation, wire);
  return simulation;
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

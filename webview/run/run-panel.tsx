import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Approval } from '../../src/core/model/approval';
import type { JsonObject } from '../../src/core/base/json';
import type { StepKey } from '../../src/core/model/ids';
import { ApprovalCard } from '../approvals/approval-card';
import { Details } from './details';
import { FindBox } from './find-box';
import { Graph } from '../graph/graph';
import { Help } from './help';
import { keep, kept, send } from '../host';
import { InputsForm } from './inputs-form';
import { Tabs } from '../kit/toolkit';
import { Notices } from './notices';
import { Overview } from './overview';
import { RunHeader } from './run-header';
import { commandSent, decisionSent, type RunModel, type RunView } from './run-model';
import { StepList } from './step-list';
import { useStore, type Store } from '../store';
import { hasTalk, TalkPart } from '../talk/talk-part';
import { ClockOffset } from '../kit/ticking';

/** From this many steps on a find box is worth its place. */
const FIND_FROM = 20;

/** One run in the editor area, from its inputs to its report. */
export function RunPanel(props: { readonly store: Store<RunModel> }) {
  const model = useStore(props.store);
  const { store } = props;
  if (model.screen === 'loading') return <main aria-busy="true" />;
  if (model.screen === 'missing')
    return (
      <main class="empty">
        <h1 class="hidden">Run</h1>
        <p>{model.missing}</p>
      </main>
    );
  if (model.screen === 'inputs' && model.form !== undefined)
    return (
      <InputsForm
        form={model.form}
        isSent={model.commandSent === 'start'}
        refused={model.commandRefused}
        onStart={(values: JsonObject) => {
          store.change((before) => commandSent(before, 'start'));
          send({ type: 'start', values });
        }}
      />
    );
  if (model.run === undefined) return null;
  return (
    <ClockOffset.Provider value={model.clockOffset}>
      <Run model={model} run={model.run} store={store} />
    </ClockOffset.Provider>
  );
}

function Run(props: { readonly model: RunModel; readonly run: RunView; readonly store: Store<RunModel> }) {
  const { model, run, store } = props;
  const { runId } = run.state;
  const [selected, setSelected] = useState<StepKey | undefined>(() => keptSelection(run));
  const [search, setSearch] = useState('');
  const [goTo, setGoTo] = useState<{ step: StepKey; focus: boolean } | undefined>(undefined);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [isAskingCancel, setAskingCancel] = useState(false);
  const [tab, setTab] = useState(prefersList() ? 'steps' : 'graph');
  const heading = useRef<HTMLHeadingElement>(null);
  const findField = useRef<HTMLElement>(null);
  const cancelButton = useRef<HTMLElement>(null);

  useEffect(() => keep({ runId, ...(selected !== undefined && { selected }) }), [runId, selected]);

  useEffect(() => {
    if (model.reveal === undefined) return;
    setSelected(model.reveal.step);
    setGoTo({ step: model.reveal.step, focus: true });
  }, [model.reveal]);

  const open = useCallback((key: StepKey) => {
    setSelected(key);
    // After the details are drawn.
    requestAnimationFrame(() => heading.current?.focus());
  }, []);

  const close = useCallback(() => {
    setSelected((before) => {
      if (before !== undefined) setGoTo({ step: before, focus: true });
      return undefined;
    });
  }, []);

  const command = (name: 'pause' | 'resume' | 'cancel') => {
    setAskingCancel(false);
    store.change((before) => commandSent(before, name));
    send({ type: name, runId });
  };

  useWindowKeys((event) => {
    // While the keys are shown, Escape is theirs.
    if (isHelpOpen || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
    if (event.key === '?') setHelpOpen(true);
    else if (event.key === '/' && findField.current !== null) findField.current.focus();
    else if (event.key === 'Escape' && selected !== undefined) close();
    else return;
    event.preventDefault();
  });

  const renderApproval = (approval: Approval) => (
    <ApprovalCard
      key={approval.id}
      runId={runId}
      approval={approval}
      changedFiles={run.changedFiles[approval.id] ?? []}
      isSent={model.decisions.sent[approval.id] === approval.shownHash}
      refused={model.decisions.refused[approval.id]}
      onSent={(id, hash) => store.change((before) => decisionSent(before, id, hash))}
    />
  );

  return (
    <div class="run">
      <RunHeader
        run={run}
        commandSent={model.commandSent}
        onCommand={command}
        onAskCancel={() => setAskingCancel(true)}
        cancelRef={cancelButton}
      />
      <main class="run-main">
        <Notices
          model={model}
          run={run}
          isAskingCancel={isAskingCancel}
          onResume={() => command('resume')}
          onDecide={open}
          onCancel={() => command('cancel')}
          onKeepRunning={() => {
            setAskingCancel(false);
            cancelButton.current?.focus();
          }}
        />
        <div class="run-body">
          <div class="run-picture">
            {run.plan.order.length >= FIND_FROM && (
              <FindBox
                run={run}
                search={search}
                current={selected}
                elementRef={findField}
                onSearch={setSearch}
                onGoTo={(key) => {
                  setSelected(key);
                  setGoTo({ step: key, focus: false });
                }}
                onLeave={() => setGoTo(selected === undefined ? undefined : { step: selected, focus: true })}
              />
            )}
            <Tabs
              label="Ways to look at the run"
              active={tab}
              onActivate={setTab}
              tabs={[
                {
                  id: 'graph',
                  label: 'Graph',
                  content: (
                    <Graph
                      run={run}
                      selected={selected}
                      search={search}
                      goTo={goTo}
                      onSelect={setSelected}
                      onOpen={open}
                      onHelp={() => setHelpOpen(true)}
                    />
                  ),
                },
                {
                  id: 'steps',
                  label: 'Steps',
                  content: <StepList run={run} selected={selected} search={search} onOpen={open} />,
                },
                ...(hasTalk(run.state.talk)
                  ? [
                      {
                        id: 'talk',
                        label: 'Conversation',
                        content: <TalkPart run={run} onSelect={open} />,
                      },
                    ]
                  : []),
              ]}
            />
          </div>
          {selected === undefined ? (
            <Overview run={run} onSelect={open} />
          ) : (
            <Details
              // A step's own scroll position and folds, not its predecessor's.
              key={selected}
              run={run}
              stepKey={selected}
              headingRef={heading}
              onClose={close}
              onSelect={open}
              renderApproval={renderApproval}
            />
          )}
        </div>
        <p class="hidden" aria-live="polite">
          {model.announcements.join('. ')}
        </p>
      </main>
      {isHelpOpen && <Help onClose={() => setHelpOpen(false)} />}
    </div>
  );
}

/** Keys that count wherever the focus is, also when nothing has it yet. */
function useWindowKeys(onKeyDown: (event: KeyboardEvent) => void): void {
  const latest = useRef(onKeyDown);
  latest.current = onKeyDown;
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (!event.defaultPrevented) latest.current(event);
    };
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);
}

function keptSelection(run: RunView): StepKey | undefined {
  const state = kept();
  return state?.runId === run.state.runId && state.selected !== undefined && state.selected in run.state.steps
    ? state.selected
    : undefined;
}

/** The editor says when a screen reader is on; a list reads better than a picture then. */
function prefersList(): boolean {
  return document.body.classList.contains('vscode-using-screen-reader');
}

/** Whether a key belongs to a field: events from inside a component show only the component. */
function isTyping(event: KeyboardEvent): boolean {
  return event
    .composedPath()
    .some((target) => target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement);
}

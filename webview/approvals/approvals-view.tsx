import { useEffect, useRef } from 'preact/hooks';
import { approvalSent, type ApprovalsModel } from './approvals-model';
import { ApprovalCard } from './approval-card';
import { countOf } from '../words/format';
import { send } from '../host';
import { Link } from '../kit/toolkit';
import { StatusMark } from '../kit/status-mark';
import { runWordOf } from '../words/status-words';
import { useStore, type Store } from '../store';
import { ClockOffset } from '../kit/ticking';

/** The sidebar's list of what waits for a person. */
export function ApprovalsView(props: { readonly store: Store<ApprovalsModel> }) {
  const model = useStore(props.store);
  const root = useRef<HTMLElement>(null);
  useFocusAfterCard(root, model);

  useEffect(() => {
    if (model.reveal === undefined) return;
    const card = root.current?.querySelector(`[data-approval="${CSS.escape(model.reveal.approvalId)}"]`);
    card?.scrollIntoView({ block: 'nearest' });
    card?.querySelector<HTMLElement>('.card-title')?.focus({ preventScroll: true });
  }, [model.reveal]);

  if (model.items === undefined) return <main aria-busy="true" />;
  const waiting = model.items.length;
  return (
    <ClockOffset.Provider value={model.clockOffset}>
      <main class="approvals" ref={root}>
        <h1 class="hidden">Approvals</h1>
        <p class="hidden" role="status">
          {waiting === 0 ? 'Nothing waits for you' : `${countOf(waiting, 'approval')} waiting for you`}
        </p>
        {model.refused !== undefined && (
          <p class="refused" role="alert">
            {model.refused}
          </p>
        )}
        {model.items.map((item) => (
          <ApprovalCard
            key={`${item.runId} ${item.approval.id}`}
            runId={item.runId}
            approval={item.approval}
            of={{
              workflow: item.workflow,
              startedAt: item.runStartedAt,
              rehearsal: item.rehearsal,
              runsIn: item.runsIn,
            }}
            changedFiles={item.changedFiles ?? []}
            isSent={model.decisions.sent[item.approval.id] === item.approval.shownHash}
            refused={model.decisions.refused[item.approval.id]}
            onSent={(id, hash) => props.store.change((before) => approvalSent(before, id, hash))}
          />
        ))}
        {waiting === 0 && <NothingWaits lastRun={model.lastRun} />}
      </main>
    </ClockOffset.Provider>
  );
}

function NothingWaits(props: { readonly lastRun: ApprovalsModel['lastRun'] }) {
  const { lastRun } = props;
  return (
    <div class="empty">
      <p>Nothing waits for you.</p>
      {lastRun !== undefined && (
        <p class="empty-run">
          <span>Last run: </span>
          <Link onClick={() => send({ type: 'open-run', runId: lastRun.runId })} title="Open the run">
            {lastRun.title}
          </Link>
          <StatusMark word={runWordOf(lastRun.status)} />
        </p>
      )}
    </div>
  );
}

/** When the card that had the focus goes away, the focus goes to the one in its place instead of getting lost. */
function useFocusAfterCard(root: { current: HTMLElement | null }, model: ApprovalsModel): void {
  const focused = useRef<{ id: string; index: number } | undefined>(undefined);
  useEffect(() => {
    const onFocus = (event: FocusEvent) => {
      const card = (event.target as Element).closest<HTMLElement>('[data-approval]');
      const cards = [...(root.current?.querySelectorAll('[data-approval]') ?? [])];
      focused.current =
        card === null ? undefined : { id: card.dataset['approval'] ?? '', index: cards.indexOf(card) };
    };
    document.addEventListener('focusin', onFocus);
    return () => document.removeEventListener('focusin', onFocus);
  }, [root]);
  useEffect(() => {
    const had = focused.current;
    if (had === undefined || document.activeElement !== document.body) return;
    const cards = [...(root.current?.querySelectorAll<HTMLElement>('[data-approval]') ?? [])];
    if (cards.length === 0 || cards.some((card) => card.dataset['approval'] === had.id)) return;
    cards[Math.min(had.index, cards.length - 1)]
      ?.querySelector<HTMLElement>('.card-title')
      ?.focus({ preventScroll: true });
  }, [model.items, root]);
}

/** How far the run is. Drawn with attributes only, because the page allows no style of its own. */
export function ProgressBar(props: { readonly percentage: number; readonly isMoving: boolean }) {
  const value = Math.round(Math.min(100, Math.max(0, props.percentage)));
  return (
    <div
      class="progress"
      role="progressbar"
      aria-label="Progress of the run"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={value}
    >
      <svg class="progress-picture" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
        <rect class="progress-track" width={100} height={1} />
        <rect class={props.isMoving ? 'progress-fill is-moving' : 'progress-fill'} width={value} height={1} />
      </svg>
    </div>
  );
}

import { useEffect, useState } from 'preact/hooks';

/**
 * Holds what a view shows. Changes count at once and are drawn together, at most once a frame:
 * a hundred events of one moment cost one drawing.
 */
export class Store<Model> {
  private listeners = new Set<() => void>();
  private scheduled = false;

  constructor(
    private model: Model,
    private readonly schedule: (draw: () => void) => void = (draw) => requestAnimationFrame(draw),
  ) {}

  get current(): Model {
    return this.model;
  }

  change(next: (before: Model) => Model): void {
    const before = this.model;
    this.model = next(before);
    if (this.model === before || this.scheduled) return;
    this.scheduled = true;
    this.schedule(() => {
      this.scheduled = false;
      for (const listener of [...this.listeners]) listener();
    });
  }

  /** Calls back after changes; the result ends it. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

/** The model now; the component draws again when it changes. */
export function useStore<Model>(store: Store<Model>): Model {
  const [model, setModel] = useState(store.current);
  useEffect(() => {
    setModel(store.current);
    return store.listen(() => setModel(store.current));
  }, [store]);
  return model;
}

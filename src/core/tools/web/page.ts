/** What the thread that reads pages is asked, and what it answers. */
export interface PageQuestion {
  readonly html: string;
  /** Where the page was found, for links that say only a part of theirs. */
  readonly url: string;
}

export interface PageText {
  readonly title: string;
  /** Markdown. Links say where they lead as text; images are their description alone. */
  readonly text: string;
}

type Fetch = typeof globalThis.fetch;

/** A vendor's clients, each lent to one exchange at a time: to make one costs more than all else of a short request. */
export interface LentClients<Client> {
  /** Does the work with a client whose every request goes through the fetch given; the client is free again when it ends. */
  with<T>(fetch: Fetch, work: (client: Client) => Promise<T>): Promise<T>;
}

export function lentClients<Client>(make: (fetch: Fetch) => Client): LentClients<Client> {
  interface Lent {
    readonly client: Client;
    through: Fetch | undefined;
  }
  const free: Lent[] = [];
  const made = (): Lent => {
    const lent: Lent = {
      client: make((input, init) => {
        // Never the global one instead: it would follow redirects, with the key.
        if (lent.through === undefined)
          return Promise.reject(new TypeError('A request that belongs to no exchange was not sent.'));
        return lent.through(input, init);
      }),
      through: undefined,
    };
    return lent;
  };
  return {
    async with(fetch, work) {
      const lent = free.pop() ?? made();
      lent.through = fetch;
      try {
        return await work(lent.client);
      } finally {
        lent.through = undefined;
        free.push(lent);
      }
    },
  };
}

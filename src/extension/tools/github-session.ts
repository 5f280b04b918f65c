import * as vscode from 'vscode';

/** Searching what is public needs a sign-in and no rights; this is the scope that sign-ins of the editor have in common. */
const SCOPES = ['user:email'];
/** A provider of sign-ins that does not start would keep a step waiting, milliseconds. */
const LONGEST = 2_000;

const GITHUB = 'api.github.com';

/** The token for GitHub at an address of its REST interface, where the settings name one: a token of github.com goes to no other. */
export async function tokenFor(
  address: string | undefined,
  token: () => Promise<string | undefined> = githubToken,
): Promise<string | undefined> {
  if (address === undefined) return token();
  const { host, protocol } = new URL(address);
  return host === GITHUB && protocol === 'https:' ? token() : undefined;
}

/** The token of the sign-in that the person gave Baton already; never asks anybody anything. */
export async function githubToken(): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), LONGEST);
  });
  try {
    const asked = vscode.authentication.getSession('github', SCOPES, { silent: true });
    const session = await Promise.race([asked, silence]);
    return session?.accessToken;
  } catch {
    // No sign-in is possible in this editor: then a search runs as a guest.
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** Asks the person to sign in. Only for what a person did: it opens a dialog. Gives the account's name. */
export async function signIn(): Promise<string> {
  const session = await vscode.authentication.getSession('github', SCOPES, { createIfNone: true });
  return session.account.label;
}

import type * as t from '@babel/types';
import type { Script, ScriptRules } from '../javascript/script';
import { bare, constantText, qualifiedName } from '../javascript/values';
import { isFunction } from '../javascript/visit';
import { source } from '../javascript/source';

/** Weak hashes, ciphers and random numbers. */
export const cryptoRules: ScriptRules = (script) => ({
  CallExpression: (node, { ancestors }) => {
    const name = qualifiedName(node.callee, script.names) ?? '';
    hashing(script, node, name, ancestors);
    ciphers(script, node, name);
    randomness(script, node, name, ancestors);
  },
});

const sensitive = /passw|passphrase|secret|token|signature|credential|hashUser|auth|license/i;

/** What the value is for, as far as the names around it tell. */
function surroundings(script: Script, node: t.Node, ancestors: readonly t.Node[]): string {
  const names: string[] = [source(script, node)];
  for (const ancestor of ancestors.slice(-6)) {
    if (ancestor.type === 'VariableDeclarator') names.push(source(script, ancestor.id));
    else if (ancestor.type === 'AssignmentExpression') names.push(source(script, ancestor.left));
    else if (ancestor.type === 'ObjectProperty') names.push(source(script, ancestor.key));
    else if (ancestor.type === 'CallExpression') names.push(source(script, ancestor));
  }
  const owner = ancestors.findLast(isFunction);
  const index = owner === undefined ? -1 : ancestors.indexOf(owner);
  const holder = ancestors[index - 1];
  if (owner !== undefined && 'id' in owner && owner.id) names.push(owner.id.name);
  if (owner !== undefined && 'key' in owner) names.push(source(script, owner.key));
  if (holder?.type === 'VariableDeclarator') names.push(source(script, holder.id));
  return names.join(' ').slice(0, 1_000);
}

function hashing(script: Script, node: t.CallExpression, name: string, ancestors: readonly t.Node[]): void {
  if (/^crypto\.(?:createHash|createHmac|hash)$/.test(name)) {
    const algorithm = constantText(node.arguments[0], script.names);
    if (!/^(?:md[245]|sha-?1)$/i.test(algorithm ?? '')) return;
    const serious = sensitive.test(surroundings(script, node, ancestors));
    script.report({
      rule: 'crypto/weak-hash',
      severity: serious ? 'high' : 'low',
      at: node,
      message: `${algorithm} is broken${serious ? ', and this looks like something secret' : ': fine for a checksum, not for anything secret'}.`,
      advice: serious ? 'Use scrypt, argon2 or bcrypt for passwords, SHA-256 for the rest.' : 'Use SHA-256.',
    });
  }
  if (/^crypto\.pbkdf2(?:Sync)?$/.test(name)) {
    const rounds = node.arguments[2];
    if (rounds?.type === 'NumericLiteral' && rounds.value < 10_000) {
      script.report({
        rule: 'crypto/few-rounds',
        severity: 'medium',
        at: node,
        message: `${rounds.value} rounds are guessed through quickly.`,
        advice: 'Use at least 210,000 with SHA-512, or scrypt.',
      });
    }
  }
  if (/^bcrypt(?:js)?\.(?:hash|hashSync|genSalt|genSaltSync)$/.test(name)) {
    const rounds = node.arguments.find((argument) => argument.type === 'NumericLiteral');
    if (rounds !== undefined && rounds.value < 10) {
      script.report({
        rule: 'crypto/few-rounds',
        severity: 'medium',
        at: node,
        message: `A cost of ${rounds.value} is guessed through quickly.`,
        advice: 'Use at least 10.',
      });
    }
  }
}

function ciphers(script: Script, node: t.CallExpression, name: string): void {
  if (!/^crypto\.create(?:Cipher|Decipher)(?:iv)?$/.test(name)) return;
  const algorithm = constantText(node.arguments[0], script.names) ?? '';
  if (!name.endsWith('iv') || /^(?:des|rc[24]|bf|aes-\d+-ecb|.*-ecb$)/i.test(algorithm)) {
    script.report({
      rule: 'crypto/weak-cipher',
      severity: 'high',
      at: node,
      message: name.endsWith('iv')
        ? `${algorithm} is broken.`
        : 'The key is made from the password without salt or rounds.',
      advice: 'Use aes-256-gcm with a key from scrypt and a fresh random IV.',
    });
  }
  for (const [index, noun] of [
    [1, 'key'],
    [2, 'IV'],
  ] as const) {
    const value = node.arguments[index];
    if (value === undefined || !isFixedText(script, value)) continue;
    script.report({
      rule: 'crypto/fixed-key',
      severity: 'high',
      at: node,
      message: `The ${noun} of the cipher stands in the code.`,
      advice: noun === 'IV' ? 'Make a fresh random one each time.' : 'Read it from a secret store.',
    });
  }
}

function isFixedText(script: Script, node: t.Node): boolean {
  const inner = bare(node);
  if ((constantText(inner, script.names) ?? '').length >= 4) return true;
  if (inner.type === 'Identifier') {
    const declaration = script.names.bindingOf(inner)?.declaration;
    return (
      declaration?.type === 'VariableDeclarator' &&
      !!declaration.init &&
      declaration.id.type === 'Identifier' &&
      isFixedText(script, declaration.init)
    );
  }
  if (inner.type !== 'CallExpression') return false;
  const name = qualifiedName(inner.callee, script.names) ?? '';
  if (name === 'Buffer.alloc') return true;
  return (
    name === 'Buffer.from' && inner.arguments[0] !== undefined && isFixedText(script, inner.arguments[0])
  );
}

function randomness(
  script: Script,
  node: t.CallExpression,
  name: string,
  ancestors: readonly t.Node[],
): void {
  if (!/^(?:Math\.random|crypto\.pseudoRandomBytes)$/.test(name)) return;
  const around = surroundings(script, node, ancestors);
  if (
    !/token|secret|passw|session|nonce|\botp\b|otpCode|csrf|salt|api[_-]?key|reset|invite|verification|\bpin\b/i.test(
      around,
    )
  )
    return;
  script.report({
    rule: 'crypto/guessable-random',
    severity: 'medium',
    at: node,
    message: `${name}() can be guessed, and this looks like something secret.`,
    advice: 'Use crypto.randomBytes() or crypto.randomUUID().',
  });
}

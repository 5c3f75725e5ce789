import {memberOrder, type SetType} from './set-members.ts';

/**
 * What DynamoDB says about a set that names a member twice. The newer wording quotes the members: those before the first
 * repeat in their order, the repeat, then the rest as sent. Source: paritysuite valueLayers.
 */
export function repeatedMemberMessage(type: SetType, sent: readonly string[], older: boolean): string {
  const invalid = 'One or more parameter values were invalid: ';
  if (type === 'NS') {
    return older ? 'Input collection contains duplicates' : `${invalid}Input collection contains duplicates.`;
  }
  const members = older ? sent : withRepeat(type, sent).map(member => `"${member}"`);
  if (type === 'SS') return `${invalid}Input collection [${members.join(', ')}] contains duplicates.`;
  return `${invalid}Input collection [${members.join(older ? ', ' : ',')}]of type BS contains duplicates.`;
}

function withRepeat(type: SetType, sent: readonly string[]): string[] {
  const before = new Set<string>();
  const repeatAt = sent.findIndex(member => before.size === before.add(member).size);
  return [...[...before].sort(memberOrder(type)), ...sent.slice(repeatAt)];
}

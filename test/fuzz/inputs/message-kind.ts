/** A refusal without what it quotes of the input, so that kinds of refusals can be counted. */
export function messageKind(message: string): string {
  return message
    .slice(0, 400)
    .replace(/"[\s\S]*"|'[\s\S]*'|\[[\s\S]*\]|\{[\s\S]*\}|\d+/g, '…')
    .slice(0, 120);
}

/** Orders two numbers in normal form by value: negative when `a` is less. */
export function compareNumbers(a: string, b: string): number {
  if (a === b) return 0;
  const aNegative = a.charCodeAt(0) === 0x2d;
  const bNegative = b.charCodeAt(0) === 0x2d;
  if (aNegative !== bNegative) return aNegative ? -1 : 1;
  return aNegative ? compareMagnitudes(b, a, 1) : compareMagnitudes(a, b, 0);
}

// Normal form has no leading zeros, so more integer digits means more, and as many are ordered as text: a fraction that
// ends first is the smaller one, and "." comes before every digit but both points stand at the same place.
function compareMagnitudes(a: string, b: string, start: number): number {
  const difference = integerDigits(a, start) - integerDigits(b, start);
  if (difference !== 0) return difference;
  return a < b ? -1 : 1;
}

function integerDigits(text: string, start: number): number {
  const point = text.indexOf('.', start);
  return (point < 0 ? text.length : point) - start;
}

/** A text cut at the spans of proposals. Spans count code points, as the server does; JavaScript counts UTF-16 units. */
export interface Spanned {
  id: string;
  span: readonly number[];
}
export interface Piece {
  text: string;
  /** The proposal that begins here and covers this piece; null for what stands between. */
  id: string | null;
}

/** The pieces of a text in order. Together they are the text; of spans that overlap, the one that begins first is cut out. */
export function piecesOf(text: string, spans: readonly Spanned[]): Piece[] {
  const points = Array.from(text);
  const pieces: Piece[] = [];
  let at = 0;
  const sorted = [...spans].sort((one, other) => (one.span[0] ?? 0) - (other.span[0] ?? 0) || (other.span[1] ?? 0) - (one.span[1] ?? 0));
  for (const { id, span } of sorted) {
    const [begin = 0, end = 0] = span;
    if (begin < at || end <= begin || end > points.length) continue;
    if (begin > at) pieces.push({ text: points.slice(at, begin).join(""), id: null });
    pieces.push({ text: points.slice(begin, end).join(""), id });
    at = end;
  }
  if (at < points.length) pieces.push({ text: points.slice(at).join(""), id: null });
  return pieces;
}

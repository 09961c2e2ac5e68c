/** Files of addresses in, lines of answers out. */

/** One row a line; the first field of CSV; blank lines and a heading are no rows. */
export function rowsOf(text: string): { address: string; transfer: null }[] {
  return text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .map((line) => (line.split(/[,;\t]/)[0] ?? "").trim().replace(/^"(.*)"$/, "$1"))
    .filter((field, n) => field !== "" && !(n === 0 && /^address$/i.test(field)))
    .map((address) => ({ address, transfer: null }));
}

/** The values of JSON lines, some at a time as they come. Throws where a line is cut off. */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<unknown[]> {
  const reader = stream.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    const some = lines.filter((line) => line !== "").map((line): unknown => JSON.parse(line));
    if (some.length > 0) yield some;
  }
  if (rest !== "") yield [JSON.parse(rest) as unknown];
}

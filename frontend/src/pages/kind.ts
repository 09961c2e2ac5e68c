/** What a text that was typed into the search may be; the server decides whether it is good. */
export type Kind = "transaction" | "block" | "address" | "name";

const ADDRESS = /^(?:(?:bc1|tb1|bcrt1)[0-9a-z]{6,87}|(?:BC1|TB1|BCRT1)[0-9A-Z]{6,87}|[123mn][1-9A-Za-z]{24,40})$/;

/** The kind of a text; a hash with eight zeros in front is taken for a block's. */
export function kindOf(text: string): Kind {
  if (/^[0-9]{1,9}$/.test(text)) return "block";
  if (/^[0-9a-fA-F]{64}$/.test(text)) return text.startsWith("00000000") ? "block" : "transaction";
  return ADDRESS.test(text) ? "address" : "name";
}

/** Where it is shown. */
export function placeOf(text: string): string {
  const places: Record<Kind, string> = { transaction: "tx", block: "block", address: "address", name: "name" };
  return `/${places[kindOf(text)]}/${encodeURIComponent(text)}`;
}

/** The typed text without what copying brings along: blanks, a `bitcoin:` in front, a `?amount=` behind. */
export function cleaned(text: string): string {
  const bare = text.trim().replace(/^bitcoin:/i, "");
  return kindOf(bare.split("?")[0] ?? "") === "address" ? (bare.split("?")[0] ?? "") : bare;
}

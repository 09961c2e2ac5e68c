/** Numbers, amounts and days as they are written: integers from end to end, in the digits that the reader chose. */
export type Digits = "latn" | "arab";

const ARABIC = "٠١٢٣٤٥٦٧٨٩";
const SAT_OF_BTC = 100_000_000;

export interface Writing {
  count: (number: number) => string;
  btc: (sat: number) => string;
  fiat: (amount: string, currency: string | null) => string;
  decimal: (number: string) => string;
  day: (iso: string) => string;
  minute: (iso: string) => string;
  month: (iso: string) => string;
}

/** Digits and the marks between them as a reader of these digits writes them. */
export function inDigits(text: string, digits: Digits): string {
  if (digits === "latn") return text;
  return text.replace(/[0-9.,]/g, (sign) => (sign === "." ? "٫" : sign === "," ? "٬" : (ARABIC[Number(sign)] ?? sign)));
}

function grouped(whole: string): string {
  return whole.replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A decimal number's integer part in groups of three; what stands behind the point as it is. */
export function groupedDecimal(number: string): string {
  const sign = number.startsWith("-") ? "-" : "";
  const [whole = "", behind] = number.slice(sign.length).split(".");
  return sign + grouped(whole) + (behind === undefined ? "" : `.${behind}`);
}

/** Satoshis as BTC, to the last satoshi: nothing is rounded. */
export function btcOf(sat: number): string {
  const size = Math.abs(sat);
  const whole = Math.floor(size / SAT_OF_BTC);
  const behind = String(size - whole * SAT_OF_BTC).padStart(8, "0");
  return `${sat < 0 ? "-" : ""}${grouped(String(whole))}.${behind}`;
}

export function writing(language: string, digits: Digits): Writing {
  const months = new Intl.DateTimeFormat(`${language}-u-nu-${digits}-ca-gregory`, {
    year: "numeric",
    month: "short",
    timeZone: "UTC",
  });
  return {
    count: (number) => inDigits(groupedDecimal(String(number)), digits),
    btc: (sat) => inDigits(btcOf(sat), digits),
    fiat: (amount, currency) => `${inDigits(groupedDecimal(amount), digits)}${currency === null ? "" : ` ${currency}`}`,
    decimal: (number) => inDigits(groupedDecimal(number), digits),
    day: (iso) => inDigits(iso.slice(0, 10), digits),
    minute: (iso) => `${inDigits(iso.slice(0, 16).replace("T", " "), digits)} UTC`,
    month: (iso) => months.format(new Date(`${iso.slice(0, 7)}-01T00:00:00Z`)),
  };
}

/**
 * Whether a text would be laid out backwards though it stands left to right: Arabic-Indic digits with a `-` between
 * them are taken for a line from right to left, so that a date would begin with its day. Letters from right to left
 * are left in their own order.
 */
export function turnsAround(text: string): boolean {
  return /[\u0660-\u0669]/.test(text) && !/[\u0590-\u05ff\u0620-\u065f\u066e-\u06ef\u06fa-\u08ff]/.test(text);
}

const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** What others wrote, with every sign that would be invisible or would turn the line around shown by its number. */
export function shownText(text: string): string {
  return text.replace(CONTROL, (sign) => `⟨U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟩`);
}

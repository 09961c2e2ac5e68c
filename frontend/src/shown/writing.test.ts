import { describe, expect, it } from "vitest";

import { btcOf, groupedDecimal, inDigits, shownText, turnsAround, writing } from "./writing";

describe("amounts", () => {
  it("are exact to the satoshi", () => {
    expect(btcOf(1)).toBe("0.00000001");
    expect(btcOf(2_100_000_000_000_000)).toBe("21,000,000.00000000");
    expect(btcOf(2_099_999_999_999_999)).toBe("20,999,999.99999999");
    expect(btcOf(-150_000_000)).toBe("-1.50000000");
  });
  it("agree with arithmetic of big integers on random values", () => {
    for (let turn = 0; turn < 2_000; turn += 1) {
      const sat = Math.floor(Math.random() * 2_100_000_000_000_001);
      const big = BigInt(sat);
      const slow = `${big / 100_000_000n}.${String(big % 100_000_000n).padStart(8, "0")}`;
      expect(btcOf(sat).replaceAll(",", ""), String(sat)).toBe(slow);
    }
  });
  it("of fiat keep their cents", () => {
    expect(groupedDecimal("161079405.81")).toBe("161,079,405.81");
    expect(groupedDecimal("-1234.5")).toBe("-1,234.5");
  });
});

describe("digits", () => {
  it("are those that were chosen, with their own marks", () => {
    expect(inDigits("1,234.50", "arab")).toBe("١٬٢٣٤٫٥٠");
    expect(inDigits("1,234.50", "latn")).toBe("1,234.50");
    expect(writing("ar", "arab").minute("2024-12-04T01:02:03Z")).toBe("٢٠٢٤-١٢-٠٤ ٠١:٠٢ UTC");
    expect(writing("ar", "latn").month("2024-03")).toContain("2024");
  });
});

describe("a date in Arabic-Indic digits", () => {
  it("would be laid out backwards, and is told to be kept in order", () => {
    expect(turnsAround(writing("ar", "arab").minute("2024-12-04T01:02:03Z"))).toBe(true);
    expect(turnsAround("2024-12-04")).toBe(false);
    expect(turnsAround("٩ ديسمبر ٢٠٢٤")).toBe(false);
  });
});

describe("what others wrote", () => {
  it("cannot turn a line around unseen", () => {
    expect(shownText("pay\u202egpj.exe")).toBe("pay⟨U+202E⟩gpj.exe");
    expect(shownText("a\u2066b\u2069")).toBe("a⟨U+2066⟩b⟨U+2069⟩");
    expect(shownText("حماس <b>x</b> שלום")).toBe("حماس <b>x</b> שלום");
  });
});

import { describe, expect, it } from "vitest";

import { cleaned, kindOf, placeOf } from "./kind";

describe("what was typed", () => {
  it.each([
    ["1LaNXgq2ctDEa4fTha6PTo8sucqzieQctq", "address"],
    ["mrvc76R7eGvn7v7N9gRsfM5i1RNypnuKaK", "address"],
    ["bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "address"],
    ["BC1QAR0SRRR7XFKVY5L643LYDNW9RE59GTZZWF5MDQ", "address"],
    ["840000", "block"],
    ["f".repeat(64), "transaction"],
    ["0".repeat(19) + "a".repeat(45), "block"],
    ["قناة الخبر", "name"],
    ["javascript:alert(1)", "name"],
  ])("%s is of kind %s", (text, kind) => {
    expect(kindOf(text)).toBe(kind);
  });
  it("is freed of what copying brings along", () => {
    expect(cleaned(" bitcoin:1LaNXgq2ctDEa4fTha6PTo8sucqzieQctq?amount=1 ")).toBe("1LaNXgq2ctDEa4fTha6PTo8sucqzieQctq");
    expect(cleaned("who? me")).toBe("who? me");
  });
  it("stays one part of the address", () => {
    expect(placeOf("a/b#c?d")).toBe("/name/a%2Fb%23c%3Fd");
  });
});

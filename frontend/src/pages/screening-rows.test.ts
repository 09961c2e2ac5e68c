import { describe, expect, it } from "vitest";

import { linesOf, rowsOf } from "./screening-rows";

describe("a file of addresses", () => {
  it("has one row a line, without its heading and its blanks", () => {
    expect(rowsOf('\ufeffaddress,amount\r\n"1abc",5\r\n\r\n 3def ;x\n').map((row) => row.address)).toEqual(["1abc", "3def"]);
    expect(rowsOf("1abc\naddress\n").map((row) => row.address)).toEqual(["1abc", "address"]);
  });
});

async function all(chunks: string[]): Promise<unknown[]> {
  const bytes = new TextEncoder().encode(chunks.join(""));
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += 3) controller.enqueue(bytes.slice(at, at + 3));
      controller.close();
    },
  });
  const found: unknown[] = [];
  for await (const some of linesOf(stream)) found.push(...some);
  return found;
}

describe("JSON lines", () => {
  it("come whole, wherever they are cut on their way", async () => {
    expect(await all(['{"a":"محفظة"}\n', '{"b":2}\n'])).toEqual([{ a: "محفظة" }, { b: 2 }]);
    expect(await all(['{"a":1}\n{"b":2}'])).toEqual([{ a: 1 }, { b: 2 }]);
  });
  it("that end in the middle of one are refused", async () => {
    await expect(all(['{"a":1}\n{"b":'])).rejects.toThrow();
  });
});

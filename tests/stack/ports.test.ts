import { expect, test, vi } from "vitest";
import { freePort } from "../../local/ports.ts";

test("a port that is taken is passed over, and so is one that is spoken for", () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  expect(freePort(port)).toBeGreaterThan(port);
  expect(freePort(port, port + 1)).not.toBe(port + 1);
});

test("a port that only root may have is refused with what to do", () => {
  const listen = vi.spyOn(Deno, "listen").mockImplementation(
    (() => {
      throw new Deno.errors.PermissionDenied("Permission denied (os error 13)");
    }) as never,
  );
  expect(() => freePort(80)).toThrow("You may not listen on port 80: choose one above 1023 with --port.");
  listen.mockRestore();
});

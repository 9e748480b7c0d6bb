// Where customers may not have us send to, whatever they write into the URL and whatever their name server answers.

import { afterAll, beforeAll, expect, test } from "vitest";
import { type Customer, startCustomer } from "../../simulators/customer.ts";
import { send } from "../../supabase/functions/_shared/outgoing.ts";
import { findTarget, isPublicAddress, TargetRefused } from "../../supabase/functions/_shared/targets.ts";
import { cert, key } from "../fixtures/certificate.ts";

const outside = () => Promise.resolve(["93.184.215.14"]);

test.each([
  ["10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1"],
  ["127.0.0.1", "127.8.8.8", "0.0.0.0", "0.1.2.3"],
  ["169.254.169.254", "168.63.129.16", "100.64.0.1", "100.127.255.255"],
  ["192.0.0.8", "192.0.2.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "192.88.99.1"],
  ["224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"],
  ["::", "::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1"],
  ["::ffff:10.1.2.3", "::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1"],
  ["2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "100::1", "4000::1"],
  ["", "localhost", "1.2.3", "999.1.1.1"],
])("%s and its like are not public", (...addresses) => {
  expect(addresses.filter(isPublicAddress)).toEqual([]);
});

test("addresses of the internet are public", () => {
  const addresses = [
    "8.8.8.8",
    "93.184.215.14",
    "172.15.255.255",
    "172.32.0.1",
    "100.63.255.255",
    "100.128.0.1",
    "168.63.129.17",
    "223.255.255.255",
    "2606:4700::1111",
    "2a00:1450:4001::200e",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
  ];
  expect(addresses.filter((address) => !isPublicAddress(address))).toEqual([]);
});

test.each([
  "http://hooks.example.com/",
  "ftp://hooks.example.com/",
  "file:///etc/passwd",
  "https://user:password@hooks.example.com/",
  "no url",
  "https://127.0.0.1/",
  "https://2130706433/",
  "https://0x7f.1/",
  "https://017700000001/",
  "https://127.1/",
  "https://[::1]/",
  "https://[::ffff:169.254.169.254]/",
  "https://169.254.169.254/latest/meta-data/",
])("%s is refused", async (url) => {
  await expect(findTarget(url, { resolve: outside })).rejects.toBeInstanceOf(TargetRefused);
});

test.each([
  [["10.0.0.1"]],
  [["93.184.215.14", "10.0.0.1"]],
  [["93.184.215.14", "::1"]],
  [["::ffff:127.0.0.1"]],
  [[]],
])("a name that leads to %s is refused", async (addresses) => {
  const target = findTarget("https://hooks.example.com/", { resolve: () => Promise.resolve(addresses) });
  await expect(target).rejects.toBeInstanceOf(TargetRefused);
});

test("a name outside is sent to the address that was checked", async () => {
  const target = await findTarget("https://hooks.example.com:8443/x?y", { resolve: outside });
  expect([target.address, target.url.host]).toEqual(["93.184.215.14", "hooks.example.com:8443"]);
});

test("localhost itself is refused with the resolver of the system", async () => {
  await expect(findTarget("https://localhost/", {})).rejects.toBeInstanceOf(TargetRefused);
});

let customer: Customer;
beforeAll(() => {
  customer = startCustomer({ tls: { cert, key } });
});
afterAll(() => customer.close());

/** Posts to the customer's server under a name that the resolver leads there. */
function post(name: string, resolve: () => Promise<string[]>, ca = cert) {
  const { port } = new URL(customer.url);
  const message = { url: `https://${name}:${port}/200`, headers: {}, body: "{}", timeoutMs: 60_000 };
  return send(message, { resolve, ca, allowPrivate: true });
}

test("the connection goes to the address that was checked, and TLS and Host keep the name", async () => {
  // Only the first answer leads to the customer; a second question, which a rebinding name server waits for, must not
  // be asked.
  let asked = 0;
  const rebinding = () => Promise.resolve([asked++ ? "127.0.0.9" : "127.0.0.1"]);
  expect(await post("hooks.test", rebinding)).toMatchObject({ status: 200, error: null });
  expect(asked).toBe(1);
  expect(customer.received.at(-1)!.headers.host).toBe(`hooks.test:${new URL(customer.url).port}`);
});

test("a name that was harmless when asked first and leads inside when asked again gains nothing", async () => {
  // hooks.test resolves to nothing for the system: whoever connects by name fails, whoever connects by address does not.
  const answer = await send(
    { url: "https://hooks.test/200", headers: {}, body: "{}", timeoutMs: 60_000 },
    { resolve: () => Promise.resolve(["127.0.0.1"]) },
  );
  expect(answer).toMatchObject({ status: null, error: "The host is inside a private network." });
});

test("a certificate for another name, or of nobody known, is refused", async () => {
  const loopback = () => Promise.resolve(["127.0.0.1"]);
  expect((await post("other.test", loopback)).status).toBeNull();
  expect((await post("hooks.test", loopback, "")).status).toBeNull();
  expect(customer.received.filter(({ headers }) => !headers.host!.startsWith("hooks.test"))).toEqual([]);
});

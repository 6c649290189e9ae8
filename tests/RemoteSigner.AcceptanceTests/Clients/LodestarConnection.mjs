// Lodestar's way to a signer: Node's own fetch, kept running. A line in: method, path, accept, base64 of the body, between tabs. A line out: status, content type, base64 of the body; status 0
// where there was no answer.
import {createInterface} from "node:readline";

const url = process.argv[2];
for await (const line of createInterface({input: process.stdin})) {
  const [method, path, accept, body] = line.split("\t");
  let told;
  try {
    const headers = {...(accept ? {Accept: accept} : {}), ...(body ? {"Content-Type": "application/json"} : {})};
    const answer = await fetch(url + path, {method, headers, body: body ? Buffer.from(body, "base64") : undefined});
    told = [answer.status, answer.headers.get("content-type") ?? "", Buffer.from(await answer.arrayBuffer()).toString("base64")];
  } catch (fault) {
    told = [0, "", Buffer.from(String(fault.cause ?? fault)).toString("base64")];
  }
  process.stdout.write(told.join("\t") + "\n");
}

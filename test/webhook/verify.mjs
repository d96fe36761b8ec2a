// Reads lines of JSON {"secret","headers","body"}; answers "good" or "bad: why" for each.
import { createInterface } from "node:readline";
import { Webhook } from "standardwebhooks";

for await (const line of createInterface({ input: process.stdin })) {
  const { secret, headers, body } = JSON.parse(line);
  try {
    new Webhook(secret).verify(body, headers);
    console.log("good");
  } catch (error) {
    console.log(`bad: ${error.message}`);
  }
}

// Reads [{text, place, instants}] from standard input and writes what the reference implementation says at each
// instant: "open", "unknown" or "closed"; null where it fails. The clock is that of TZ.
import { readFileSync } from "node:fs";
import OpeningHours from "opening_hours";

function answer({ text, place, instants }) {
  let hours;
  try {
    hours = new OpeningHours(text, place, { locale: "en" });
  } catch {
    return null;
  }
  return instants.map((instant) => {
    try {
      return hours.getStateString(new Date(instant), true);
    } catch {
      return null;
    }
  });
}

const questions = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(questions.map(answer)));

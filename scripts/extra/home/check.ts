/** The steps of a check, each with its result. */

export type Step = { readonly name: string; readonly run: (scratch: string) => Promise<string> }

/** Throws with the sentence unless the condition holds. */
export function expect(holds: boolean, sentence: string): void {
  if (!holds) throw new Error(sentence)
}

export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  seconds = 60,
): Promise<void> {
  const endsAt = performance.now() + seconds * 1000
  while (!(await isSo())) {
    expect(performance.now() < endsAt, `${what} did not happen within ${seconds} s`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** A thing that this machine cannot do. The step is reported as not done. */
export class NotHere extends Error {}

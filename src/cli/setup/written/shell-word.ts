/** Writes a text as one word of a shell command: plain if no shell interprets it, otherwise in quotes. */
export function shellWord(text: string): string {
  return /^[\w./:@%+,=~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

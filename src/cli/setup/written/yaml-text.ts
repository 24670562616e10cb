/** Writes a text as a YAML value: plain if every YAML reader takes it as text, otherwise in quotes. */

const PLAIN = /^[A-Za-z][A-Za-z0-9_./-]*$/
const WORDS = /^(?:true|false|null|yes|no|on|off|y|n)$/i

export function yamlText(text: string): string {
  return PLAIN.test(text) && !WORDS.test(text) ? text : JSON.stringify(text)
}

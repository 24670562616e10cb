/** Numbers with their noun, in the texts of several pages. */

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}

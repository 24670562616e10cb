/**
 * The folder in which Node keeps compiled code, for a program that starts with an environment of its
 * own. `scripts/test.ts` makes the folder, so that programs which start often are compiled once.
 */
export function compileCache(): Readonly<Record<string, string>> {
  const folder = process.env.NODE_COMPILE_CACHE
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: folder }
}

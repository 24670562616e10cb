/** Files of the repository as text, included when the tests are built. */
declare module '*?raw' {
  const text: string
  export default text
}

interface ImportMeta {
  glob(
    patterns: readonly string[],
    options: { readonly query: '?raw'; readonly import: 'default'; readonly eager: true },
  ): Readonly<Record<string, unknown>>
}

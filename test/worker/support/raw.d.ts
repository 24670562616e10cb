/** A file of the repository as text, taken in when the tests are built. */
declare module '*?raw' {
  const text: string
  export default text
}

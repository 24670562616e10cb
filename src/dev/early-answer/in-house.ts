/** An export for the local proxy. It loads nothing else of `dev`. */
export { keepReadable } from './keep-readable.ts'

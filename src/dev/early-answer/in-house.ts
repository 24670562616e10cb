/** Exports for the local proxy. They load nothing else of `dev`. */
export { keepReadable } from './keep-readable.ts'
export { answerUnreadable, endAfterOpen } from './unreadable.ts'

/** Exports for the local proxy. They load nothing else of `dev`. */
export { keepReadable } from './keep-readable.ts'
export { closeUnasked } from './unasked.ts'
export { answerUnreadable, endAfterOpen, isBehindLast } from './unreadable.ts'

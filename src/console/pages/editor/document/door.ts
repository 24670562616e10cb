/** What the editor loads with its code: reading, checking, comparing and replaying documents. */
export { describeGaps, describeResult } from '../../../../analysis/in-house.ts'
export { diffTrust } from '../../../../analysis/index.ts'
export { type Assessment, assess, type Base, createBase } from './assess.ts'
export { findImpact, type Impact } from './impact.ts'
export { type Conflict, type RebasedText, rebaseText } from './rebase-text.ts'
export { convertText, type Format, formatOf, hasComments, readText, writeText } from './text.ts'

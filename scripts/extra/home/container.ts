import type { Step } from './check.ts'
export const CONTAINER: readonly Step[] = []

import type { Step } from './check.ts'
export const UNIT: readonly Step[] = []

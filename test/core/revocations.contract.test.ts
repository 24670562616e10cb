import { describe } from 'vitest'
import { describeRevocations } from '../contracts/revocations.ts'
import { createMemoryRevocations } from '../support/memory-revocations.ts'

describe('revocations in memory', () => describeRevocations(createMemoryRevocations))

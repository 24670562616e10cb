import { describeReplay } from '../contracts/replay.ts'
import { createMemoryReplay } from '../support/memory-replay.ts'

describeReplay('replay marks in memory', createMemoryReplay)

import { describeBudget } from '../contracts/budget.ts'
import { createMemoryLedger } from '../support/memory-replay.ts'

describeBudget('budgets in memory', createMemoryLedger)

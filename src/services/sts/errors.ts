import { faults } from '../../core/errors.ts';
import type { ErrorCode } from '../../wire/types/sts.ts';

/** Codes that STS answers with although its model does not name them. */
type UnmodelledCode = 'AccessDenied' | 'ValidationError' | 'InvalidParameterValue';

export const fault = faults<ErrorCode | UnmodelledCode>();

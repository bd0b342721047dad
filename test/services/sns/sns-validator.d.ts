declare module 'sns-validator' {
  type Callback = (error: Error | null, message?: object) => void;

  class MessageValidator {
    constructor(hostPattern?: RegExp, encoding?: string);
    validate(message: object | string, callback: Callback): void;
  }
  export = MessageValidator;
}

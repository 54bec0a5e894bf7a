export function chromiumCommand(): string;

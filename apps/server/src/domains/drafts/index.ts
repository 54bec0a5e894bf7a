export { Draft } from './draft.entity.ts';
export { draftTopic, finishDraft } from './keep-draft.ts';

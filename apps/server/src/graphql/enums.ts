import { registerEnumType } from 'type-graphql';
import { ClockState, Priority, StatusCategory } from '@baton/rules';

registerEnumType(StatusCategory, { name: 'StatusCategory', description: 'What a status means, whatever the workspace calls it.' });
registerEnumType(Priority, { name: 'Priority' });
registerEnumType(ClockState, { name: 'ClockState' });

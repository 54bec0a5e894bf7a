import { Ctx, Query, Resolver } from 'type-graphql';
import type { Context } from '../../../graphql/context.ts';
import { formatHead } from '../../../platform/live/stream-head.ts';

@Resolver()
export class StreamPositionResolver {
  @Query(() => String, {
    description: 'The present position of all streams. Read it before the objects whose changes you then stream after it.',
  })
  async streamPosition(@Ctx() { live, scope }: Context): Promise<string> {
    return formatHead(await live.desk.head(scope));
  }
}

/*
 * Networks that stand in front of many sites: who comes from there is somebody else each time, and
 * a block of one address cuts off all who come through it.  As the networks' owners publish them.
 */
#ifndef RESPOND_SHARED_H
#define RESPOND_SHARED_H

/* The i-th, NULL past the end. */
const char *shared_net(unsigned i);

#endif

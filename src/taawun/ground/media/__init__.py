"""Pictures and voice notes: made anew from what was sent, so that nothing hidden in it is kept, and stored sealed."""

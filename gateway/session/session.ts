// One co-browsing meeting, from Start to Stop: who takes part, who holds control, what is shared. No HTTP, no sockets.

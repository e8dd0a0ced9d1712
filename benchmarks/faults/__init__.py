"""What survives: a small study is run while files cannot be written, processes are killed, disks
are full, clocks are wrong. Every fault is told in clear words, and the next run ends where an
undisturbed one does.
"""

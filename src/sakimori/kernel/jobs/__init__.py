"""Work outside the request: jobs by name, a timetable, progress that people can watch.

``queue`` declares and enqueues, ``timetable`` keeps the schedule, ``progress`` shows long jobs.
"""
